"""The greeting API as a FastAPI program has it: what docs/api.md compares this service with."""

from datetime import date
from typing import Annotated

from fastapi import FastAPI, HTTPException, Path
from pydantic import BaseModel, field_validator

Username = Annotated[str, Path(pattern="^[A-Za-z]+$", max_length=64)]


class DateOfBirth(BaseModel):
    dateOfBirth: date

    @field_validator("dateOfBirth")
    @classmethod
    def not_in_the_future(cls, value: date) -> date:
        if value > date.today():
            raise ValueError("Date of birth cannot be in the future")
        return value


class Greeting(BaseModel):
    message: str


app = FastAPI()
dates_of_birth: dict[str, date] = {}


@app.get("/")
async def alive() -> Greeting:
    return Greeting(message="I'm alive!")


@app.get("/hello/{username}")
async def greet(username: Username) -> Greeting:
    if username not in dates_of_birth:
        raise HTTPException(404, f"User {username} not found")
    today = date.today()
    birth = dates_of_birth[username]
    birthday = birth.replace(year=today.year)
    if birthday < today:
        birthday = birthday.replace(year=today.year + 1)
    days = (birthday - today).days
    news = f"Your birthday is in {days} day(s)" if days else "Happy birthday!"
    return Greeting(message=f"Hello, {username}! {news}")


@app.put("/hello/{username}", status_code=204)
async def save(username: Username, body: DateOfBirth) -> None:
    dates_of_birth[username] = body.dateOfBirth
