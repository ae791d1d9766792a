# A graph that grows in a loop, a gradient through a loop without end, meets a limit.
# options: --max-memory 100000000 --max-time 10
print(grad(fn(x) { let y = x; while true { y = y + sin(y) }; y })(1))   # expect error ~ .
