# A legal product that memory cannot hold is refused before anything is asked of the system.
# status: 71
let x = zeros(1099511627776)   # expect error: 1099511627776
