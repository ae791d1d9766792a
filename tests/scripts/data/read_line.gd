# stdin: first
# stdin: second
print(read_line())   # expect: first
print(read_line())   # expect: second
print(read_line())   # expect: none
