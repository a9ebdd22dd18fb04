# Shell scripts that do not parse fail here.
for script in scripts/*.sh; do sh -n "$script"; done
echo "lint: every script parses"
