assert(1 == 2, "one is not two")   # expect error: one is not two
