/** Asks the program itself, so that a script need not be made anew with each version. */
const BASH = `# bash completion of coinholder. Now: source <(coinholder completion bash)
# For good: coinholder completion bash > ~/.local/share/bash-completion/completions/coinholder
_coinholder() {
  local line="\${COMP_LINE:0:COMP_POINT}" cur="" candidate value found prefix=""
  local -a words
  # By blanks alone: bash would cut key=value and URLs in pieces.
  read -ra words <<< "$line"
  [[ "$line" == *[[:space:]] ]] && words+=("")
  cur="\${words[\${#words[@]}-1]}"
  found="$("\${words[0]}" __complete "\${words[@]:1}" 2>/dev/null)" || return 0
  COMPREPLY=()
  if [[ "$found" == ":files" ]]; then
    compopt -o default 2>/dev/null
    return 0
  fi
  # What stands before the last = or : is another word to bash already, and stays as it is.
  if [[ "$cur" == *[=:]* && "$COMP_WORDBREAKS" == *[=:]* ]]; then prefix="\${cur%"\${cur##*[=:]}"}"; fi
  while IFS= read -r candidate; do
    value="\${candidate%%$'\\t'*}"
    [[ -n "$value" ]] || continue
    COMPREPLY+=("\${value#"$prefix"}")
    [[ "$value" == *= ]] && compopt -o nospace 2>/dev/null
  done <<< "$found"
  return 0
}
complete -F _coinholder coinholder
`;

const ZSH = `#compdef coinholder
# zsh completion of coinholder. Now: source <(coinholder completion zsh)
# For good: coinholder completion zsh > a folder of your fpath, as _coinholder
_coinholder() {
  local found candidate value about
  local -a plain open
  found="$("\${words[1]}" __complete "\${(@Q)words[2,CURRENT]}" 2>/dev/null)" || return 1
  if [[ "$found" == ":files" ]]; then
    _files
    return
  fi
  for candidate in "\${(@f)found}"; do
    [[ -n "$candidate" ]] || continue
    value="\${candidate%%$'\\t'*}"
    about="\${candidate#*$'\\t'}"
    [[ "$about" == "$candidate" ]] && about=""
    if [[ "$value" == *= ]]; then
      open+=("\${value//:/\\\\:}:$about")
    else
      plain+=("\${value//:/\\\\:}:$about")
    fi
  done
  (( \${#open} )) && _describe -t parameters parameter open -S ''
  (( \${#plain} )) && _describe -t values value plain
  return 0
}
if [[ "\${funcstack[1]}" == _coinholder ]]; then _coinholder "$@"; else compdef _coinholder coinholder; fi
`;

const FISH = `# fish completion of coinholder. Now: coinholder completion fish | source
# For good: coinholder completion fish > ~/.config/fish/completions/coinholder.fish
function __coinholder_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l found ($words[1] __complete $words[2..-1] 2>/dev/null)
    if test "$found" = ":files"
        __fish_complete_path (commandline -ct)
    else
        printf '%s\\n' $found
    end
end
complete -c coinholder -f -a '(__coinholder_complete)'
`;

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

export const completionScript = (shell: Shell): string => ({ bash: BASH, zsh: ZSH, fish: FISH })[shell];
