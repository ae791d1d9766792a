print(sum(zeros(0)), isnan(mean(zeros(0))), isnan(var(zeros(0))), sum(zeros(2, 0), axis: 1))   # expect: 0 true true [0, 0]
