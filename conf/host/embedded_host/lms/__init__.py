"""The LMS's pages: sign in, dashboard, course, unit, progress; and the block handlers behind them."""
