"""What do staff keep, look at and repair about customers? Every change to a customer goes through the services."""

from . import customers, pools, spine, tags, words

__all__ = ["customers", "pools", "spine", "tags", "words"]
