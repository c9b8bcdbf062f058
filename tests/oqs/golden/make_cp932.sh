#!/bin/sh
# Makes the CP932 golden messages from the UTF-8 ones written by hand, with iconv: not with the code under test.
set -eu
cd "$(dirname "$0")"
for name in request result_spec result_face \
    bulk_request bulk_receipt bulk_receipt_refused bulk_result_request bulk_result bulk_result_running \
    reference_number_request reference_number_result bulk_reference_number_request bulk_reference_number_result \
    medicines_request medicines_result medicines_none checkups_request checkups_result; do
    sed -e 's/encoding="UTF-8"/encoding="Shift_JIS"/' \
        -e 's|<CharacterCodeIdentifier>0<|<CharacterCodeIdentifier>1<|' "${name}_utf8.xml" |
        iconv -f UTF-8 -t CP932 >"${name}_cp932.xml"
done
