"""The newsletter: who gets it, what is in it, how it is sent, and what comes back."""
