let made = random_flip(zeros(2, 4, 4))   # expect error: random_flip takes images
