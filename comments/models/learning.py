from django.db import models


class Word(models.Model):
    """In how many comments of each kind a word stood; "" counts the comments."""

    word = models.CharField(max_length=40, unique=True)
    spam = models.PositiveIntegerField(default=0)
    ham = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.word
