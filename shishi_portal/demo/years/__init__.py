"""Two years of organizational life of the demo city: the 24 months up to today.

Made from what is stored, so that it fits whatever the roster holds. Diligent organizations hold
nearly everything, lazy ones half, a few have stopped; four branches were dissolved and founded anew
in mid-year. Nothing here is a real event; only two sums are the case's: 360 rescued by the swimmers,
230 disputes settled by the fishermen.
"""

from datetime import date
from random import Random

from shishi_portal.demo.years.case import tell_the_case
from shishi_portal.demo.years.means import give_means
from shishi_portal.demo.years.meetings import hold_meetings
from shishi_portal.demo.years.people import People
from shishi_portal.demo.years.photos import take_photos
from shishi_portal.demo.years.succession import found_anew


def live_two_years(random: Random, today: date) -> int:
    """Save two years of life; returns the number of records."""
    swimmers, fishermen = tell_the_case()
    found_anew(random, today, leave=(swimmers.pk, fishermen.pk))
    people = People.load()
    number = hold_meetings(random, today, people, swimmers, fishermen)
    give_means(random, today)
    take_photos(random, today)
    return number
