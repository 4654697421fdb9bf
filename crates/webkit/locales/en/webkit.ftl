# What every page of both servers says. A server's own message with the same key wins.

# Layout
skip-to-content = Skip to content
menu = Menu
main-navigation = Main navigation
search = Search
search-hint = Search or press /
other-instances = Other instances
your-account = Your account
signed-in-as = Signed in as { $name }
your-profile = Your profile
sign-out = Sign out
secured-by = Secured by { $product }
terms = Terms
privacy = Privacy
help = Help
home = Home
language = Language
language-change = Change language
theme = Theme
theme-system = System
theme-light = Light
theme-dark = Dark
undo = Undo
close = Close
cancel = Cancel
save = Save
optional = optional
show-password = Show password
hide-password = Hide password
resend-wait = Send again in { "{" }seconds{ "}" } s
one-moment = One moment …

# The page between two sites
continue-title = Continuing to { $host }
continue-detail = You are on your way there.
continue-button = Continue to { $host }

# Times and numbers
date = { $day } { $month } { $year }
date-time = { $date }, { $time } UTC
month-1 = Jan
month-2 = Feb
month-3 = Mar
month-4 = Apr
month-5 = May
month-6 = Jun
month-7 = Jul
month-8 = Aug
month-9 = Sept
month-10 = Oct
month-11 = Nov
month-12 = Dec
ago-moments = just now
ago-minutes = { $n ->
    [one] 1 minute ago
   *[other] { $n } minutes ago
}
ago-hours = { $n ->
    [one] 1 hour ago
   *[other] { $n } hours ago
}
ago-days = { $n ->
    [one] yesterday
   *[other] { $n } days ago
}
in-moments = in a moment
in-minutes = { $n ->
    [one] in 1 minute
   *[other] in { $n } minutes
}
in-hours = { $n ->
    [one] in 1 hour
   *[other] in { $n } hours
}
in-days = { $n ->
    [one] tomorrow
   *[other] in { $n } days
}

# Error pages: what happened, whether anything was lost, what to do next
error-reference = Reference
error-reference-help = If you ask for help, give this reference. It finds this request in the log.
error-code = Error code
error-home = Go to the start page
error-retry = { $n ->
    [one] Try again in 1 second.
   *[other] Try again in { $n } seconds.
}
error-nothing-lost = Nothing was changed, and nothing is lost.
error-perhaps-lost = What you did last may not have been saved. Check it before you try again.

error-400-title = We couldn’t read that
error-400-detail = The address or the form was not complete. Go back, reload the page and try again.
error-403-title = You can’t open this
error-403-detail = You are signed in, but this page is for others. Ask an administrator if you need it.
error-404-title = There is nothing here
error-404-detail = The address may be mistyped, or the page has moved or is not for you.
error-405-title = That doesn’t work here
error-405-detail = This address exists, but not for what was tried. Go back and use the page’s own buttons.
error-409-title = That can’t be done now
error-409-detail = This has changed since you opened the page. Reload it to see how it stands now.
error-410-title = This has ended
error-410-detail = The link was used before, or its time is over. Ask for a new one.
error-413-title = That is too large
error-413-detail = What you sent is larger than this page takes. Send less, or in parts.
error-429-title = Too many tries
error-429-detail = To protect your account we wait a little before the next try.
error-500-title = Something went wrong here
error-500-detail = This is our mistake, not yours. We have noted it.
error-503-title = We are busy right now
error-503-detail = The server can’t answer at the moment. It usually takes only a short while.
error-stale-form-title = This form is too old
error-stale-form = Go back, reload the page and send it again. This protects you from other sites that act in your name.
error-unreadable-form = The form was not complete or had something in it that we don’t know. Go back, reload the page and try again.
error-cross-site = Another website tried to do this in your name. If you wanted it, open this site yourself and try again.
