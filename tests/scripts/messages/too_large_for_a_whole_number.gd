# A whole number beyond 2^53 is whole; what it lacks is said.
seed(9007199254740994)     # expect error: 9007199254740994 is too large: from 2^53
# status: 1
