-- W8 with its gradient by hand: what a just-in-time compiler makes of plain numbers, as a bound.
local function go(steps)
  local x, y = -1.2, 1.0
  for _ = 1, steps do
    local d = y - x * x
    local gx, gy = -2 * (1 - x) - 400 * x * d, 200 * d
    x, y = x - 1e-3 * gx, y - 1e-3 * gy
  end
  return x, y
end
go(1000)
local start, steps = os.clock(), 5000000
go(steps)
print(string.format("W8 %.6f", (os.clock() - start) * 1e6 / steps))
