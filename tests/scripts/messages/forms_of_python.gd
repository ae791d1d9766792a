# What Python writes for dtypes and for the rest of the arguments.
print(zeros(3, dtype: "i32"))   # expect error: a dtype is a function: `f64(zeros(…))`, `i32(…)`
# status: 65
