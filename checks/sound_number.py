"""What the comparisons ask of a number first: that no rule about the number itself has found it."""

from xueji.checks.id_birth_date import IS_AGE_PLAUSIBLE, IS_DATE_REAL
from xueji.checks.id_region import IS_PROVINCE_KNOWN

# Boolean SQL over a row of core_students: passes form, check, region (error) and birth date.
IS_NUMBER_SOUND = f"""case when id_key is not null
    then {IS_PROVINCE_KNOWN} and ({IS_AGE_PLAUSIBLE}) and ({IS_DATE_REAL}) else false end"""
