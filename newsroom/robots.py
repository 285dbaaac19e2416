"""What crawlers are asked unless the desk says otherwise: RFC 9309."""

# What no reader looks for, and pages that are one reader's own.
ROBOTS = """\
User-agent: *
Disallow: /admin/
Disallow: /preview/
Disallow: /search/
Disallow: /comments/status/
Disallow: /comments/mail/
Disallow: /comments/mine/
Disallow: /comments/decide/
Disallow: /comments/notice/
Disallow: /*?after=
Disallow: /*?reply_to=
"""
