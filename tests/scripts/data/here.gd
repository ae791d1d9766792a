# The folder of the file in which it stands, whoever calls: what lies beside an imported file is found from there.
import "parts/flats.gd"
print(shape(flats.table().x), flats.folder == "{here}/parts")   # expect: (3, 2) true
print(here[0], ends_with(here, "/"), exists("{here}/here.gd"))  # expect: / false true
fn hidden() { let here = "mine"; here }
print(hidden())                                                 # expect: mine
