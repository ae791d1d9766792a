# args: {tmp}
# A whole number of any length is read to the nearest number.
let path = "{args[0]}/numbers.json"
write(path, "[12345678901234567890, 18446744073709551616, -9223372036854775809, 9007199254740993, 7]")
print(json(path))   # expect: [1.2345678901234567e19, 1.8446744073709552e19, -9.223372036854776e18, 9007199254740992, 7]
write(path, "1" + join(["0" for _i in 1..400], ""))
json(path)   # expect error: real number overflow
