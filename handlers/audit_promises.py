"""Which tests of ours prove which promise about minors' data; a test checks that each of them exists."""

PROMISES: dict[str, tuple[str, ...]] = {
    "alias_only": (
        "tests/test_canary.py::test_names_pushed_through_every_path_come_out_nowhere",
        "tests/test_canary.py::test_a_leak_is_noticed_wherever_it_is",
        "tests/test_names.py::test_a_name_that_is_not_wanted_is_masked",
        "tests/test_children.py::test_whatever_is_typed_when_a_name_is_asked_for_is_not_kept",
    ),
    "consent_first": (
        "tests/test_children.py::test_a_name_is_sealed_after_the_card_and_stands_nowhere_else",
        "tests/test_children.py::test_what_was_agreed_to_is_written_down_with_words_channel_and_time",
        "tests/test_children.py::test_who_does_not_agree_is_not_asked_for_a_name",
        "tests/test_children.py::test_other_words_on_the_cards_are_another_version",
    ),
    "sealed": (
        "tests/test_sealing.py::test_a_name_is_in_the_database_under_seal_only",
        "tests/test_sealing.py::test_a_backup_of_the_database_has_no_keys",
        "tests/test_canary.py::test_a_name_that_is_stored_unsealed_is_noticed_in_the_files",
    ),
    "own_centre": (
        "tests/test_permissions.py::test_a_role_does_an_act_where_it_may_and_nowhere_else",
        "tests/test_desk_names.py::test_nobody_else_sees_it_and_nothing_is_noted",
        "tests/test_desk_names.py::test_from_afar_nobody_sees_who_comes",
        "tests/test_desk_roles.py::test_every_page_is_open_to_whom_the_table_names_and_to_nobody_else",
    ),
    "looks_noted": (
        "tests/test_roster.py::test_staff_of_the_centre_see_the_list_and_each_look_is_noted",
        "tests/test_desk_names.py::test_staff_of_the_centre_see_names_and_each_look_is_written_down",
        "tests/test_storage_children.py::test_looks_are_kept_for_the_family_the_last_first",
    ),
    "not_abroad": (
        "tests/test_children.py::test_nothing_of_a_child_is_taken_or_said_where_it_leaves_the_country",
        "tests/test_children.py::test_a_name_typed_there_is_not_echoed_not_kept_and_should_be_deleted",
        "tests/test_desk_names.py::test_where_what_is_said_leaves_the_country_there_is_no_list",
    ),
    "withdraw": (
        "tests/test_privacy.py::test_a_consent_is_taken_back_with_what_was_kept_by_it",
        "tests/test_storage_children.py::test_a_withdrawn_consent_takes_the_names_of_its_own_purpose",
    ),
    "copy": ("tests/test_privacy.py::test_a_copy_of_everything_comes_with_a_receipt",),
    "erase": (
        "tests/test_erasing.py::test_everything_of_a_family_goes_and_what_was_counted_stays",
        "tests/test_erasing.py::test_a_child_goes_and_brothers_and_sisters_stay",
        "tests/test_erasing.py::test_no_byte_of_what_was_erased_stays_in_the_files",
        "tests/test_erasing.py::test_what_was_erased_is_erased_again_after_a_backup_was_brought_back",
    ),
    "in_time": (
        "tests/test_sealing.py::test_names_are_read_until_their_last_day_and_never_after",
        "tests/test_sealing.py::test_the_jobs_forget_names_and_empty_bodies_in_time",
        "tests/test_erasing.py::test_what_is_old_is_emptied_and_what_is_new_or_waits_stays",
    ),
    "no_logs": (
        "tests/test_logs.py::test_a_turn_is_logged_with_its_id_and_nothing_that_was_said",
        "tests/test_logs.py::test_no_metric_holds_a_secret",
    ),
    "fetched": (
        "tests/test_roster.py::test_a_code_of_today_fetches_the_child_once",
        "tests/test_storage_children.py::test_a_code_fetches_a_child_once_at_its_own_centre_while_it_lasts",
    ),
    "pack": (
        "tests/test_audit_pack.py::test_nobody_s_name_alias_or_id_is_in_any_file",
        "tests/test_audit_pack.py::test_every_column_of_the_schema_is_accounted_for",
    ),
}
