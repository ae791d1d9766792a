let n = 0
while true {
  n += 1
  if n == 2 { continue }
  if n > 4 { break }
}
print(n)   # expect: 5
while n > 0 { n -= 2 }
print(n)   # expect: -1
