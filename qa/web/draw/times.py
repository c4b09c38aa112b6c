"""Stored times as the clock on the user's wall shows them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import streamlit as st


def moment(written: str, zone: str | None = None) -> str:
    """A stored time (ISO 8601) in a time zone, or in that of the browser; in UTC, and saying so, if that is unknown.

    >>> moment("2026-11-21T18:08:28+00:00", "Asia/Tokyo"), moment("2026-11-21T18:08:28+00:00", "no zone")
    ('2026-11-22 03:08', '2026-11-21 18:08 UTC')
    """
    when = datetime.fromisoformat(written)
    try:
        there = when.astimezone(ZoneInfo(zone or st.context.timezone or ""))
    except (ValueError, OSError, KeyError):  # no zone, one that is not known here, or no name of a zone
        return f"{when.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return f"{there:%Y-%m-%d %H:%M}"
