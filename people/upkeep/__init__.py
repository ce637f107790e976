"""What every package needs to run well: receivers that harm nobody, and work that is never forgotten."""
