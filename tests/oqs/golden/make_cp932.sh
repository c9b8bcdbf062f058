#!/bin/sh
# Makes the CP932 golden messages from the UTF-8 ones written by hand, with iconv: not with the code under test.
set -eu
cd "$(dirname "$0")"
for name in request result_spec result_face; do
    sed -e 's/encoding="UTF-8"/encoding="Shift_JIS"/' \
        -e 's|<CharacterCodeIdentifier>0<|<CharacterCodeIdentifier>1<|' "${name}_utf8.xml" |
        iconv -f UTF-8 -t CP932 >"${name}_cp932.xml"
done
