print(categorical(zeros(2, 0)))   # expect error: no class to choose from
