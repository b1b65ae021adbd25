"""How good the served lists are, on ratings that the suite has never seen."""
