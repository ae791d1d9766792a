;;; gd-mode.el --- the language gd  -*- lexical-binding: t; -*-
(defun gd--words (&rest lines) (regexp-opt (split-string (mapconcat #'identity lines " ")) 'symbols))
(defconst gd-font-lock-keywords
  (list
   (cons (gd--words
    "@keywords< >@"
    "@operators< >@")
    'font-lock-keyword-face)
   (cons (concat (gd--words
    "@declarations< >@")
    "[ \t]+[[:alpha:]_\"(]") '(1 font-lock-keyword-face))
   (cons (gd--words
    "@constants< >@")
    'font-lock-constant-face)
   (cons (concat "\\(?:^\\|[{;]\\)[ \t]*" (gd--words
    "@clauses< >@")
    "[ \t]*:") '(1 font-lock-property-face))
   (cons (gd--words
    "@classes< >@")
    'font-lock-type-face)
   (cons (gd--words
    "@functions< >@")
    'font-lock-builtin-face)))
(defvar font-lock-property-face 'font-lock-variable-name-face)
(defvar gd-mode-syntax-table
  (let ((table (make-syntax-table)))
    (modify-syntax-entry ?# "<" table) (modify-syntax-entry ?\n ">" table)
    (modify-syntax-entry ?_ "_" table) (modify-syntax-entry ?' "." table) table))
(defun gd-indent-line ()
  "Indent as `gd fmt' does inside brackets."
  (interactive)
  (let ((depth (save-excursion (back-to-indentation)
                 (- (car (syntax-ppss)) (if (looking-at "[])}]") 1 0)))))
    (save-excursion (indent-line-to (* 2 (max 0 depth))))
    (if (< (current-column) (current-indentation)) (back-to-indentation))))
(defun gd--compile (&rest words)
  (save-buffer)
  (compile (concat "gd " (mapconcat #'identity words " ") " "
                   (shell-quote-argument (file-name-nondirectory buffer-file-name)))))
(defun gd-run () "Run this file." (interactive) (gd--compile "--quiet"))
(defun gd-run-to-here () "Run this file to behind the statement of this line." (interactive)
  (gd--compile "--quiet --until" (number-to-string (line-number-at-pos))))
(defun gd-test () "Run the tests of this file." (interactive) (gd--compile "test"))
(defun gd-check () "Check this file." (interactive) (gd--compile "check"))
(defun gd-check-gradient (name)
  "Compare the gradient of the function at point with central differences."
  (interactive (list (read-string "Gradient of: " (thing-at-point 'symbol))))
  (jsonrpc-request (eglot-current-server) :workspace/executeCommand
                   (list :command "gd.checkGradient" :arguments
                         (vector (plist-get (eglot--TextDocumentIdentifier) :uri) name))))
(declare-function jsonrpc-request "jsonrpc")
(declare-function eglot-current-server "eglot")
(declare-function eglot--TextDocumentIdentifier "eglot")
(defvar gd-mode-map
  (let ((map (make-sparse-keymap)))
    (define-key map (kbd "C-c C-c") #'gd-run) (define-key map (kbd "C-c C-l") #'gd-run-to-here)
    (define-key map (kbd "C-c C-t") #'gd-test) (define-key map (kbd "C-c C-v") #'gd-check)
    (define-key map (kbd "C-c C-d") #'gd-check-gradient) map))
(with-eval-after-load 'compile
  (add-to-list 'compilation-error-regexp-alist-alist
               '(gd "^ *--> \\([^:\n]+\\):\\([0-9]+\\):\\([0-9]+\\)" 1 2 3))
  (add-to-list 'compilation-error-regexp-alist 'gd))
;;;###autoload
(define-derived-mode gd-mode prog-mode "gd"
  "The language gd."
  (setq-local comment-start "# " comment-start-skip "#+[ \t]*" indent-tabs-mode nil)
  (setq-local indent-line-function #'gd-indent-line font-lock-defaults '(gd-font-lock-keywords)))
;;;###autoload
(add-to-list 'auto-mode-alist '("\\.gd\\'" . gd-mode))
(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs '(gd-mode . ("gd" "lsp"))))
(provide 'gd-mode)
;;; gd-mode.el ends here
