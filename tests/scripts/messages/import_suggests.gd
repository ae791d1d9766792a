# A misspelt name of an imported file, and one without the file's name, are suggested.
# status: 65
import "../statements/parts/blocks.gd"
print(blocks.dubble(2))       # expect error: did you mean `blocks.double`?
