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
mail-requests-person-stated = { $name } ({ $email }), as { $provider } states: nobody has proved that the address is theirs
mail-address-stated = { $email }, as { $provider } states: nobody has proved that it is theirs
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

mail-switched-subject = Your sign-in for { $tenant } has changed
mail-switched-text = Your sign-in for { $tenant } is now { $provider }. An administrator of { $tenant } has switched you to it.
mail-switched-back = You sign in to { $tenant } with your own account again. An administrator of { $tenant } has switched you back to it.
mail-switched-next = Your sessions there have ended. Your account and your other instances are not affected.
mail-switched-action = Sign in to { $tenant }

mail-glass-set-subject = { $person } can open { $tenant } when providers fail
mail-glass-set-text = { $person } ({ $email }) was made a break-glass member of { $tenant }: they are never switched to a provider, so that somebody gets in when one fails.
mail-glass-unset-subject = { $person } is no longer a break-glass member of { $tenant }
mail-glass-unset-text = { $person } ({ $email }) is no longer a break-glass member of { $tenant }.
mail-glass-used-subject = { $person } has signed in to { $tenant } as a break-glass member
mail-glass-used-text = { $person } ({ $email }) is a break-glass member of { $tenant }, and has just signed in.
mail-glass-next = If you know of no reason for it, look into it now.
mail-glass-action = See { $person }
mail-closing-administrator = You get this mail because you run { $tenant }.
