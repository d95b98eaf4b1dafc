### Signing in.

sign-in-title = Sign in
sign-in-name = Name
sign-in-password = Password
sign-in-button = Sign in
sign-in-wrong = Name and password do not fit together.
sign-out = Sign out
