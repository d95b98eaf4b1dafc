### 登录。

sign-in-title = 登录
sign-in-name = 用户名
sign-in-password = 密码
sign-in-button = 登录
sign-in-wrong = 用户名与密码不匹配。
sign-out = 退出
