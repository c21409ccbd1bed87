"""What the comparisons ask of a number first: that no rule about the number itself has found it."""

from xueji.checks.id_birth_date import IS_AGE_PLAUSIBLE
from xueji.checks.id_region import IS_PROVINCE_KNOWN

# Boolean SQL over a row of core_students: passes form, check, region (error) and birth date.
IS_NUMBER_SOUND = f"""case when id_birth_date is not null
    then {IS_PROVINCE_KNOWN} and {IS_AGE_PLAUSIBLE} else false end"""
