"""One mechanism for every list: declared columns, filters, order, paging, choice, export.

A room declares its lists in `lists.py` and shows one with `list_page`; see docs/adding.md.
"""

from accounts.listing.columns import Column, badge
from accounts.listing.listing import Act, Listing
from accounts.listing.page import list_page

__all__ = ["Act", "Column", "Listing", "badge", "list_page"]
