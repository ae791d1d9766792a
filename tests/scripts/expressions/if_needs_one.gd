if [true, false] { print("no") }   # expect error ~ .
