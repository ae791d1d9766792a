# Letter case and blanks are those of Unicode, as in Python.
print(upper("straße ﬁne ǆ ա ა ᾳ ÿ"))   # expect: STRASSE FINE Ǆ Ա Ა ΑΙ Ÿ
print(lower("ẞ Ǆ Ա Ა Ɓ Ⓐ 𐐀"), len(lower("İ")), lower("İ") == "i\u{307}")   # expect: ß ǆ ա ა ɓ ⓐ 𐐨 2 true
print(lower("ΟΔΟΣ ΟΔΟΣ. Σ ΑΣ'Α"))   # expect: οδος οδος. σ ασ'α
print(upper("οδος µ ſ ı"), lower(upper("école № 5")))   # expect: ΟΔΟΣ Μ S I école № 5
print(split("a\u{A0}b\u{2003}c\u{3000}d\u{85}e\u{2028}fg"))   # expect: ["a", "b", "c", "d", "e", "fg"]
print(trim("\u{A0}\u{3000} é b \u{2003}\u{85}\n") == "é b", trim("\u{A0}") == "", trim("") == "", split("\u{A0} ") == list())   # expect: true true true true
