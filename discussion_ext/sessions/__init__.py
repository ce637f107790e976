"""Class sessions: one lesson in one or more sittings, who sits where, and what follows when a sitting moves.

A sitting owns a meeting of ``attendance``, which keeps its time, seats and who came. Inside, upper modules may use
lower ones: ``upkeep`` > ``owner`` > ``imports``, ``calendars``, ``rosters`` > ``placing`` > ``replays``, ``choices`` >
``changes``, ``wishes`` > ``news`` > ``standing`` > ``sittings`` > ``lessons`` > ``keys``.
"""
