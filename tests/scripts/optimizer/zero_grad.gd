SGD().zero_grad()      # expect error: no hyperparameter `zero_grad`
# expect stderr: gradients are not accumulated
