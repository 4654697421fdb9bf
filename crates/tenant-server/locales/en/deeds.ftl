# Deeds
nav-jobs = Jobs
save = Save
back-to-member = Back to the member
back-to-jobs = Back to the jobs
deed-invite = Invite
deed-withdraw = Withdraw invitations
deed-approve = Approve
deed-reject = Reject
deed-roles = Assign roles
deed-lock = Lock
deed-unlock = Unlock
deed-suspend = Deactivate
deed-resume = Activate again
deed-keep = Keep
deed-reactivate = Bring back
deed-delete = Delete
roles-change = Change roles
role-out-of-reach = Only someone who has all its rights can give or take it.
assign-heading = Roles of { $name }
delete-heading = Delete { $name }?
delete-now = Delete { $name }
delete-out = They are out at once, and their sessions here end. They get no mail.
delete-out-told = They are out at once, and their sessions here end. They get a mail.
delete-invited = Their invitation stops working.
delete-window = { $days ->
    [one] For one day you can bring them back as they were. Then everything about them is erased.
   *[other] For { $days } days you can bring them back as they were. Then everything about them is erased.
}
delete-for-good = Everything about them is erased now, for good.
delete-account-stays = Their own account, and their other instances, are not touched.
member-erased-at = They can be brought back. Everything about them is erased on:
member-asked-deletion = They asked to be deleted here. Delete them, or keep them: then they can come in again.
member-kept-by = This record is kept by { $by }. It can’t be edited or deleted here.
keeper-title = Kept elsewhere
keeper-by = Who keeps this record
keeper-help = Such as Payroll. From then on it can’t be edited or deleted here, whoever tries; roles can be changed, and they can be locked.
keeper-name = Kept by them from now on
keeper-release = Release
keeper-wrong = Whoever keeps a record is named on one line of 1 to 80 characters.
event-keeper-named = Kept elsewhere from then on
event-released = Released: kept here again
done-keeper = From now on the record is kept there.
done-released = Released. The record is kept here again.
event-suspended = Deactivated
event-resumed = Activated again
event-deletion-asked = Asked to be deleted
event-kept = Kept after all
event-deleted = Deleted
event-reactivated = Brought back
event-purged = Erased
event-roles-changed = Roles changed
event-roles-given = { $n ->
    [one] Role { $roles } given
   *[other] Roles { $roles } given
}
event-roles-taken = { $n ->
    [one] Role { $roles } taken away
   *[other] Roles { $roles } taken away
}
event-roles-given-taken = Roles changed ({ $given } given, { $taken } taken away)
done-suspended = Deactivated. Their sessions here have ended.
done-resumed = Activated again. They can come in again.
done-deleted = Deleted. Their sessions here have ended.
done-reactivated = Brought back, as they were.
done-kept = Kept. They get a mail and can come in again.
done-roles = The roles were changed.
lifecycle-purged = Erased
lifecycle-not_deleted = Not deleted

# Why something was not done
refusal-nothing_to_decide = There is no open request any more: somebody else has decided, or it changed meanwhile.
refusal-not_rejected = They were not turned down.
refusal-not_yet = It is too early for that.
refusal-already_so = It is so already.
refusal-locked = They are locked. Unlock them first.
refusal-suspended = They are deactivated. Activate them again first.
refusal-deleted = They are deleted. Bring them back first.
refusal-too_late = The time to bring them back is over.
refusal-purged = Everything about them has been erased.
refusal-asked_for_deletion = They asked to be deleted. Delete them, or keep them.
refusal-not_asked = They did not ask to be deleted.
refusal-not_here = That is not done in this instance.
refusal-not_invited = They have come already; there is nothing to invite them to.
refusal-yourself = Nobody does this to themselves. Ask another administrator.
refusal-superior = They have rights that you lack.
refusal-out_of_reach = One of these roles has rights that you lack, or is only handed over by its holder.
refusal-kept_elsewhere = Their record is kept elsewhere.
refusal-last_administrator = Nobody would be left who may manage members and roles.

# A selection
select-page = Select everyone on this page
select-all = Everyone who fits, on all pages
select-all-number = All { $n } who fit
selection = Selected

# Jobs
jobs-empty = Nothing yet
jobs-empty-help = Select people in the list of members, and choose what to do with them.
job-what = What
job-when = When
job-by = By
job-done-of = Done
job-of = { $n } of { $all }
job-search = Everyone who fits
job-everybody = everyone
job-invite = Invite
job-approve = Approve requests
job-reject = Turn down requests
job-lock = Lock members
job-unlock = Unlock members
job-suspend = Deactivate members
job-resume = Activate members again
job-delete = Delete members
job-reactivate = Bring members back
job-keep = Keep members
job-withdraw = Withdraw invitations
job-roles = Assign roles
job-exchange = Change roles
job-undo-of = Undo: { $deed }
job-retry-of = Once more: { $deed }
job-takes-back = Takes back
job-taken-back = Taken back by
job-may-be-taken-back = To be taken back by
job-retries = Tries again what was left by
job-state-gathering = Looking
job-state-ready = Waits for you
job-state-ready-other = Waits for { $name }
job-state-running = Running
job-state-done = Done
job-state-cancelled = Stopped
job-affects = This will affect { $n } of { $all }.
job-nothing-yet = Nothing has been done yet. What can’t be done to somebody is left out; see below who and why.
job-gathering = Still looking; the numbers grow.
job-progress = { $n } of { $all } done
job-result = Changed: { $changed }. So already: { $unchanged }. Not done: { $refused }.
job-left = It was stopped before it came to everybody. Not reached: { $n }.
job-start = { $n ->
    [one] Do it for one person
   *[other] Do it for { $n } people
}
job-start-delete = { $n ->
    [one] Delete one person
   *[other] Delete { $n } people
}
job-start-reject = { $n ->
    [one] Turn one person down
   *[other] Turn { $n } people down
}
job-delete-window = { $days ->
    [one] They can be let back in within one day, as they were. Then everything about them is erased, for good.
   *[other] They can be let back in within { $days } days, as they were. Then everything about them is erased, for good.
}
job-delete-for-good = Everything about them is erased at once, for good. Nobody can undo that.
job-reject-final = Nobody can undo that: each of them reads the reason on their page and in a mail.
job-reject-again = { $days ->
    [one] They can ask again after one day.
   *[other] They can ask again after { $days } days.
}
job-reject-never = They can’t ask again.
job-no-roles = None
job-choose-roles = Choose at least one role.
job-roles-none = No role is chosen: each of them loses all roles that were given by hand.
job-mails = Each of them who has come in, or asked to, gets a mail.
job-mails-invitation = Each of them gets an invitation by mail.
job-mails-nobody = Nobody gets a mail.
job-compromised = Their present credentials
job-compromised-yes = Compromised: they prove nothing any more
job-compromised-no = Not compromised
job-change = What changes
job-gets = Gets: { $roles }
job-loses = Loses: { $roles }
job-moves = { $from } → { $to }
job-cancel = Stop
job-undo = Undo
job-retry = Try the rest again
only-unread = “{ $value }” is nothing that a line comes to. Choose one of the numbers on the page.
only-all = Show all of them
job-report = Download the report
job-look = Look at it first
job-look-help = The next page shows whom it affects, and how. Nothing is done before that.
job-outcomes = Outcomes
job-outcome = Outcome
job-people = People
job-nobody-there = Nobody of that id is here
job-nobody = Select someone first.
job-too-many = More than 1,000 people were named one by one. Use “everyone who fits” instead.
job-too-many-open = Twenty jobs are waiting or at work already. Start or stop some of them first.
job-nothing-left = There is nothing to take back or to try again.
job-moved-on = This job has moved on since you opened the page.
roles-how = How
roles-how-add = Add
roles-how-add-help = The roles come beside those that are there.
roles-how-remove = Remove
roles-how-remove-help = The roles are taken away where they are.
roles-how-set = Replace
roles-how-set-help = From then on these roles and no others.
outcome-fits = Will be done
outcome-not_reached = Not reached
outcome-changed = Done
outcome-unchanged = So already
outcome-gone = Not here
outcome-not_allowed = Not allowed any more
outcome-changed_since = Changed or claimed since
outcome-nothing_to_decide = No open request
outcome-not_rejected = Not turned down
outcome-not_yet = Too early
outcome-already_so = So already
outcome-locked = Locked
outcome-suspended = Deactivated
outcome-deleted = Deleted
outcome-too_late = Too late
outcome-purged = Erased
outcome-asked_for_deletion = Asked to be deleted
outcome-not_asked = Did not ask
outcome-not_here = Not done here
outcome-not_invited = Has come already
outcome-yourself = That’s you
outcome-superior = Has rights that you lack
outcome-out_of_reach = Role out of reach
outcome-kept_elsewhere = Kept elsewhere
outcome-last_administrator = Last administrator
members-export = Download
