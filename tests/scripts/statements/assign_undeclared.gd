counter = 1   # expect error: let
