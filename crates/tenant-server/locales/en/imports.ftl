# Members from a file
members-import = Import
members-export-csv = As CSV
members-export-jsonl = As JSON lines
back-to-imports = Back to the imports
import-title = Import members
import-lead = Bring your people from another system, or change many at once.
import-file = File
import-file-help = CSV or JSON lines, in UTF-8, up to { $most } MB.
import-invite = Invite the new ones
import-invite-help = Each gets an invitation by mail once the import runs. Without it nobody gets a mail; you can invite them later, in the list.
import-look = Look at it first
import-look-help = The next page shows what each line comes to, and what is wrong. Nothing is done before that.
import-columns = What the file says
import-columns-help = The first line of a CSV file names the columns, in any order. In JSON lines each line is an object with these names. What a file does not mention stays as it is.
import-column-email = Who it is. Needed in every line; each address once.
import-column-names = Or “name” for both in one. Used until somebody has signed in; from then on, people state their names themselves.
import-column-language = Such as en or de.
import-column-state = One of:
import-column-roles = Separated by spaces; “-” is none at all, and what is empty stays as it is. From then on these roles and no others:
import-column-provider = The one provider by which somebody new signs in; usually empty.
import-column-keeper = Who keeps the record of somebody new elsewhere; usually empty. Whoever is here is released, or given to somebody, on their page.
import-column-fields = Profile fields. What is empty stays as it is; in JSON lines they may stand together as “fields”.
import-nobody-in = Somebody new comes in by accepting an invitation, whatever the file says; who is active elsewhere is invited here. A file deletes nobody, and lets nobody back in who was shut out, unless you say so on the next page.
import-example = Download an example
import-past = Imports so far
import-lines = Lines
import-line = Line
import-no-name = Without a name
import-problem = Remark
import-invitations = Invitations
import-invites = Whoever is new gets one
import-invites-not = Nobody gets one
import-ignored = Columns that are not read
import-state-receiving = Arriving
import-state-looking = Being looked at
import-state-ready = Waits for you
import-state-ready-other = Waits for { $name }
import-state-running = Running
import-state-done = Done
import-state-cancelled = Stopped
import-looked = { $n } of { $all } lines looked at
import-affects = This will do something for { $n } of { $all } lines.
import-nothing-yet = Nothing has been done yet. Lines that are wrong are left out; correct them and import the file again: what is so already stays as it is.
import-progress = { $n } of { $all } lines gone through
import-left = It was stopped before it came to every line. Not reached: { $n }.
import-start = { $n ->
    [one] Import one line
   *[other] Import { $n } lines
}
import-start-now = Start the import
import-reopen = { $n ->
    [one] Let one member back in, too
   *[other] Let { $n } members back in, too
}
import-reopen-help = They are locked, deactivated or deleted here, and the file is older or says otherwise. Without this they stay as they are.
import-reopening = Letting back in
import-reopens = Where the file says so
import-reopens-not = Nobody; whoever is shut out stays so
import-report-wrong = Download what is wrong
import-not-looked = Not looked at yet
import-will-new = Will be added
import-will-changed = Will be changed
import-will-reopened = Would be let back in
import-will-unchanged = So already
import-will-wrong = Wrong
import-was-new = Added
import-was-changed = Changed
import-was-reopened = Let back in
import-was-unchanged = So already
import-was-wrong = Not done
import-not_reached = Not reached
import-becomes = Becomes: { $state }
import-signs-in = Signs in by: { $provider }
import-fills-in = Filled in: { $fields }
import-details = Other name or language
import-name-stays = The name stays: they, or their provider, state it
import-unless = Unless a line before it clears that, it is not done. { $problem }
import-in-column = { $column }: { $problem }
event-imported = Imported from a file
event-imported-as = Imported from a file as { $roles }
event-import-lines = { $lines ->
    [one] 1 line
   *[other] { $lines } lines
}
event-import-plan = { $lines ->
    [one] 1 line
   *[other] { $lines } lines
}, { $new } new, { $changed } to be changed
event-import-result = { $new } new, { $changed } changed, { $reopened } let back in, { $unchanged } so already, { $wrong } not done
event-details-imported = Name or language changed by a file

# Why a file is not taken
import-too-large = The file is larger than { $most } MB. Divide it, and import the parts one after the other.
import-broken = The file did not arrive as a whole. Try again.
import-too-many = Many imports are waiting already. Start or stop some of them first.
import-file-empty = There is nothing in this file.
import-file-utf16 = This file is in UTF-16. Save it as CSV in UTF-8.
import-file-not_utf8 = The first line is not in UTF-8. Save the file as CSV in UTF-8.
import-file-no_email = The first line has no column “email”.
import-file-column_twice = The first line names a column twice.
import-file-head_too_long = The first line is longer than 64 kB. Is it a CSV file?
import-file-too_many_lines = The file has more than 1,000,000 lines. Divide it, and import the parts one after the other.

# What is wrong with a line
trouble-cell_too_long = This cell is longer than any name or address: 2,000 bytes at most.
trouble-too_long = The line is longer than 64 kB. Is a quotation mark never closed?
trouble-not_utf8 = This is not in UTF-8. Save the file in UTF-8.
trouble-cell_count = The line has another number of cells than the first one.
trouble-not_an_object = This is no JSON object.
trouble-not_text = A text belongs here.
trouble-twice = This is said twice.
trouble-service_account = No service account is let in by a file: its page does that.
trouble-email_missing = The address is missing.
trouble-email_wrong = “{ $about }” is not one plain address.
trouble-name_wrong = A name is one line of at most 200 characters.
trouble-language_wrong = “{ $about }” is no language tag, such as en or de.
trouble-state_unknown = There is no state “{ $about }”.
trouble-role_unknown = There is no role “{ $about }”.
trouble-provider_wrong = “{ $about }” is no short name of a provider.
trouble-keeper_wrong = Whoever keeps a record is named on one line of at most 80 characters.
trouble-doubled = Line { $about } has the same address.
trouble-field_unknown = There is no profile field “{ $about }”.
trouble-field_too_long = At most { $about } characters.
trouble-provider_owns = { $about } owns this. It is changed there.
trouble-too_much = The line says more things than there are columns.
trouble-ambiguous = More than one member has this address. Change them in the list.
trouble-address_not_proved = Whoever has this address has it by the word of a provider alone: nobody has proved that it is theirs. Change them in the list, or invite the address.
trouble-needs_account = Nobody is in this state without having come. Leave the line out, or invite them.
trouble-state_stays = Nobody comes into or out of this state by a file. Decide on it in the list.
trouble-deletes_nobody = A file deletes nobody. Delete them in the list.
trouble-provider_stays = How somebody who is here signs in is not changed by a file.
trouble-keeper_stays = Who keeps the record of somebody who is here is not changed by a file. Do it on their page.
trouble-not_allowed = You may not do this.

# Who is shut out, and would be let back in
reopen-will-unlocks = Would be unlocked.
reopen-will-resumes = Would be activated again.
reopen-will-reactivates = Would be brought back after the deletion.
reopen-will-keeps = Would be kept, although they asked to be deleted.
reopen-was-unlocks = Unlocked.
reopen-was-resumes = Activated again.
reopen-was-reactivates = Brought back after the deletion.
reopen-was-keeps = Kept, although they asked to be deleted.
reopen-left-unlocks = Stays locked: unlocking was not chosen.
reopen-left-resumes = Stays deactivated: letting back in was not chosen.
reopen-left-reactivates = Stays deleted: letting back in was not chosen.
reopen-left-keeps = Their wish to be deleted stands: keeping them was not chosen.
