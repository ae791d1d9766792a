print(gather(zeros(4, 3), zeros(4, 1)))   # expect error: `gather` needs `axis:`
