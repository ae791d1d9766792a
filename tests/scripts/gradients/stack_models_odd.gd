stack_models(list(Dense(2, 3), Dense(2, 4)))   # expect error: model 1 has other params
