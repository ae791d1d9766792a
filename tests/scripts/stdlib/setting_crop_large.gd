let made = random_crop(zeros(2, 1, 4, 4), 7, padding: 1)   # expect error: a window of 7 by 7 does not fit into images of 4 by 4 with their padding
