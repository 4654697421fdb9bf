# Mails of a tenant: one group per mail. Subjects are one line; each paragraph is a message of its own.

mail-greeting = Hello { $name },
mail-closing = You get this mail because you are a member of { $tenant } or asked to be one.
mail-closing-reviewer = You get this mail because you may review requests at { $tenant }.

mail-requests-subject = { $n ->
    [one] { $first } asks to join { $tenant }
   *[other] { $n } people ask to join { $tenant }
}
mail-requests-text = { $n ->
    [one] Someone new has asked to join { $tenant } and waits for your answer:
   *[other] { $n } people have asked to join { $tenant } and wait for your answer:
}
mail-requests-person = { $name } ({ $email })
mail-requests-more = { $n ->
    [one] … and one more.
   *[other] … and { $n } more.
}
mail-requests-action = Open the requests

mail-approved-subject = You are in: { $tenant }
mail-approved-text = Your request to join { $tenant } has been approved.
mail-approved-roles = Your role there: { $roles }.
mail-approved-action = Open { $tenant }

mail-rejected-subject = Your request to join { $tenant }
mail-rejected-text = Your request to join { $tenant } has been turned down. This is the reason you were given:
mail-rejected-again = You can ask again later. Sign in to see when.
mail-rejected-action = See where your request stands

mail-locked-subject = You have been locked at { $tenant }
mail-locked-text = An administrator of { $tenant } has locked you there. You cannot open { $tenant } until they take the lock off. Your account and your other instances are not affected.

mail-unlocked-subject = You can open { $tenant } again
mail-unlocked-text = An administrator of { $tenant } has taken the lock off.
mail-unlocked-action = Open { $tenant }

mail-deleted-subject = You are no longer part of { $tenant }
mail-deleted-text = You have been removed from { $tenant }. What you made there stays with { $tenant }. Your account and your other instances are not affected.

mail-deletion-asked-subject = { $person } asks to be deleted at { $tenant }
mail-deletion-asked-text = { $person } ({ $email }) has asked to be deleted at { $tenant }. Until you decide, they cannot open it.
mail-deletion-asked-next = You can delete them, or keep them: then they can open { $tenant } again.
mail-deletion-asked-action = Decide
mail-closing-manager = You get this mail because you may manage members at { $tenant }.
