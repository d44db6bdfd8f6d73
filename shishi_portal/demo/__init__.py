"""The demo city: invented bodies and people with the totals of the 2019 case."""
