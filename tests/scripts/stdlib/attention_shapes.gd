let y = attention(zeros(2, 5, 4), zeros(2, 6, 3), zeros(2, 6, 3))    # expect error: q is [2, 5, 4], k [2, 6, 3]; their last axes
