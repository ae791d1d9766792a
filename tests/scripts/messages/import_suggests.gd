# A misspelt name of an imported file, and one without the file's name, are suggested.
# status: 65
import "../statements/parts/blocks.gd"
print(blocks.dubble(2))       # expect error: did you mean `double`?
print(blocks.sqrt(2))         # expect error: it declares double, answer
print(double(2))              # expect error: did you mean `blocks.double`?
print(anwser)                 # expect error: did you mean `blocks.answer`?
