# args: --loud=no --quick off --deep=1 --fine rows.csv --wide=maybe
# A bool's option alone is true; a word for true or false may stand after it, any other is an error.
print(option("loud", true), option("quick", true), option("deep", false), option("fine", false))   # expect: false false true true
print(option("wide", false))   # expect error: --wide needs true or false, not `maybe`
# status: 2
