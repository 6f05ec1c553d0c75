"""FastAPI on uvicorn, with its access log, asgi-correlation-id and Prometheus metrics."""

from datetime import date
from typing import Annotated

from asgi_correlation_id import CorrelationIdMiddleware
from fastapi import FastAPI, HTTPException, Path
from prometheus_fastapi_instrumentator import Instrumentator
from pydantic import BaseModel

Username = Annotated[str, Path(pattern="^[A-Za-z]+$", max_length=64)]


class DateOfBirth(BaseModel):
    dateOfBirth: date


class Greeting(BaseModel):
    message: str


app = FastAPI()
app.add_middleware(CorrelationIdMiddleware)
Instrumentator().instrument(app).expose(app)
dates_of_birth: dict[str, date] = {}


@app.get("/hello/{username}")
async def greet(username: Username) -> Greeting:
    date_of_birth = dates_of_birth.get(username)
    if date_of_birth is None:
        raise HTTPException(404)
    today = date.today()
    birthday = date_of_birth.replace(year=today.year)
    if birthday < today:
        birthday = birthday.replace(year=today.year + 1)
    days = (birthday - today).days
    news = f"Your birthday is in {days} day(s)" if days else "Happy birthday!"
    return Greeting(message=f"Hello, {username}! {news}")


@app.put("/hello/{username}", status_code=204)
async def save(username: Username, body: DateOfBirth) -> None:
    dates_of_birth[username] = body.dateOfBirth
