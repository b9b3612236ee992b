"""A small case that uses every table, as the text of its files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

FILES = {
    "case": """\
name = "car"
currency = "CNY"
start = 2023-01-01
buckets = ["month:12", "quarter:4"]
""",
    "parties": """\
party,role
brand,brand
wall,host
chipper,supplier
fleet,customer
""",
    "sites": """\
site,party,kind
plant,wall,plant
depot,,warehouse
china,,market
works,brand,plant
""",
    "items": """\
item,family,value
car,cars,100
seat,,10
chip,,2
""",
    "resources": """\
resource,site
line,plant
crane,depot
""",
    "resource_capacity": """\
resource,from,quantity,per,overtime_quantity,overtime_cost
line,2023-01-01,100,day,10,5
crane,2023-01-01,50,day,0,
""",
    "routes": """\
route,item,site,agreement,lead_time,yield,from,until,ramp,learning
build,car,plant,deal,10,0.98,2023-02-01,2024-06-01,slow,curve
""",
    "bom": """\
route,item,quantity
build,seat,1
build,chip,40
""",
    "loads": """\
route,resource,quantity
build,line,0.5
""",
    "ramps": """\
ramp,month,share
slow,0,0.5
slow,3,1
""",
    "learning": """\
learning,rate,first_unit_cost
curve,0.8,1000
""",
    "lanes": """\
lane,item,family,from_site,to_site,capacity,per
ship,car,,plant,china,,
truck,,cars,plant,depot,10,day
""",
    "offers": """\
offer,item,site,supplier,allotment
seats,seat,plant,chipper,
chips,chip,plant,chipper,grant
""",
    "offer_prices": """\
offer,from,price
seats,2023-01-01,10
chips,2022-01-01,2
chips,2023-04-01,3
""",
    "allotments": """\
allotment,from,quantity,per
grant,2023-01-01,1000,month
grant,2023-06-01,,month
""",
    "stock": """\
item,site,quantity
chip,plant,5
""",
    "receipts": """\
item,site,date,quantity
chip,plant,2023-02-01,100
""",
    "safety_stock": """\
item,site,from,quantity,days,penalty
car,china,2023-01-01,,10,1
seat,plant,2023-01-01,20,,1
""",
    "demand": """\
demand,item,site,from,quantity,per,attraction
orders,car,china,2023-03-01,10,month,1
orders,car,china,2023-06-01,20,month,1
spares,chip,plant,2023-03-01,0,month,
""",
    "diffusion": """\
demand,milestone,from,innovation,imitation,potential
spares,signed,,0.03,0.4,5000
spares,,2024-01-01,0.03,0.4,4000
""",
    "rivals": """\
rival,demand,from,attraction
apple,orders,2024-01-01,0.5
apple,orders,2024-03-01,
""",
    "prices": """\
demand,from,price
orders,2023-03-01,500
spares,2023-03-01,400
""",
    "annuities": """\
annuity,item,family,amount,months
maps,car,services,10,24
""",
    "mix": """\
family,year,least_share,most_share
cars,2023,0.1,0.9
services,2023,0,0.5
""",
    "agreements": """\
agreement,host,site,status,sign_from,starts,term,group
deal,wall,plant,signed,2022-06-01,2023-01-01,24,hosts
own,brand,works,option,,2023-01-01,24.5,hosts
""",
    "reservations": """\
agreement,valid_from,valid_until,least,most,per,hours_per_year,fee
deal,,2024-01-01,10,20,hour,4000,7
deal,2024-01-01,,0,2000,month,,8
""",
    "processing_fees": """\
agreement,item,valid_from,valid_until,above,fee,basis,method
deal,,,2024-01-01,0,100,year,incremental
deal,,,2024-01-01,5000,90,year,incremental
deal,car,2024-01-01,,0,95,month,all_units
""",
    "fixed_charges": """\
agreement,charge,amount,per
deal,rent,1000,month
""",
    "take_or_pay": """\
agreement,quantity,price
deal,100,50
""",
    "tooling": """\
agreement,tool,amount,payment,date,units,months
deal,press,1000,up_front,,,
deal,mould,5000,per_unit,,1000,12
deal,frame,5000,annuity,,,24
""",
    "loss_cover": """\
agreement,valid_from,months,fixed_cost,per,margin,cap
deal,2023-02-01,12,9000,month,20,50000
""",
    "advisory": """\
agreement,service,valid_from,valid_until,fee,hours,hourly_rate,cap
deal,tryout,2022-07-01,2023-07-01,1000,20,50,20000
deal,training,,,,10,40,
""",
    "licences": """\
agreement,item,valid_from,holder,fee,royalty
deal,car,2023-02-01,wall,500,3
""",
    "credits": """\
agreement,credit,item,quantity,price,brand_share
deal,emission,car,2,100,0.8
deal,fuel,,1,50,0.5
""",
    "exclusivity": """\
agreement,item,months_after,own_plant
deal,car,6,excluded
""",
    "flexibility": """\
agreement,item,months_ahead,up_share,down_share,binding_share,price
deal,car,0,0.1,0.05,1,80
deal,car,2,,0.2,0.5,80
""",
    "excess": """\
agreement,item,window_months,cost,carrying_rate,review
deal,chip,3,2,0.01,month
""",
    "materials": """\
agreement,item,valid_from,valid_until,mode,price,handling_share,attrition_share
deal,chip,,2024-01-01,consigned,2,,0.01
deal,chip,2024-01-01,,buy_sell,3,0.05,
""",
    "security": """\
agreement,security,kind,amount,date,draw_per_unit,fee_rate,milestone_date,milestone_units,forfeited_share
deal,bond,deposit,1000,2022-07-01,,,,,0.5
deal,ahead,prepayment,2000,,4,,,,
deal,bank,guarantee,500,,,0.02,,,
deal,gate,vesting,300,,,,2023-12-31,,
deal,volume,vesting,300,,,,,900,
""",
    "actuals": """\
agreement,measure,item,charge,from,until,recorded_at,correction,quantity
deal,good,car,,2023-02-01,2023-03-01,,,20
deal,used,chip,,2023-02-01,2023-03-01,,,810
deal,used,chip,,2023-02-01,2023-03-01,2023-04-01,yes,800
deal,on_hand,chip,,2023-03-01,,,,5
deal,cost,,rent,2023-02-01,2023-03-01,,,990
deal,hours,,tryout,2022-08-01,2022-09-01,,,25
""",
    "forecasts": """\
agreement,item,published,month,quantity
deal,car,2023-01-15,2023-03-01,25
deal,chip,2023-01-15,2023-04-01,3
""",
    "call_offs": """\
call_off,agreement,item,issued,due,quantity
first,deal,car,2023-01-20,2023-02-10,20
""",
    "commits": """\
call_off,committed,date,quantity
first,2023-01-22,2023-02-12,18
""",
    "shipments": """\
shipment,call_off,shipped,received,quantity
truck,first,2023-02-12,2023-02-14,18
""",
    "exit_terms": """\
agreement,notice,fee,fee_per_month,tooling_share,relocation
deal,6,1000,50,0.5,300
""",
    "calendars": """\
calendar,days
office,mon tue wed thu fri
yard,mon tue wed thu fri sat
""",
    "holidays": """\
calendar,from,until,works
office,2023-01-02,,
office,2023-05-01,2023-05-04,no
""",
    "activities": """\
activity,distribution,low,likely,high,range,calendar,on_plan
design,pert,20,30,50,p10_p90,office,
tools,triangular,40,60,90,limits,office,0.2
trial,empirical,,,,,office,
permit,lognormal,10,,40,p10_p90,,
start,fixed,,0,,,,
""",
    "links": """\
predecessor,successor,type,lag,most_lag
design,tools,SS,10,
tools,trial,FS,,20
permit,start,FF,,
trial,start,,,
""",
    "observations": """\
activity,days,weight
trial,10,2
trial,15,1
""",
    "drivers": """\
driver,distribution,low,likely,high,range
team,triangular,0.9,1,1.3,limits
""",
    "driven": """\
driver,activity
team,design
team,tools
""",
    "events": """\
event,activity,probability,likely,group,most_times
fails,trial,0.3,10,,3
late,permit,0.5,20,permits,
refused,permit,0.2,90,permits,
""",
    "know_how": """\
activity,factor,rate,times_before
design,,0.9,3
tools,0.95,,
""",
    "acceleration": """\
activity,option,days,cost,whole
tools,shifts,10,5000,
tools,second-set,15,20000,yes
""",
    "teams": """\
team,capacity,calendar
makers,2,yard
""",
    "assignments": """\
activity,team,quantity
tools,makers,2
""",
    "milestones": """\
milestone,activity,date,target
ready,start,,2023-09-01
signed,,2022-06-01,
""",
    "advisory_effects": """\
agreement,service,activity,event,factor
deal,tryout,trial,,0.8
deal,tryout,,fails,0.5
""",
    "branches": """\
branch,outcome,probability,reveal_date,after
shortage,ends,0.4,2023-06-01,
shortage,lasts,0.6,2023-06-01,
rival,enters,0.3,2023-09-01,lasts
rival,waits,0.7,2023-10-01,lasts
""",
    "edits": """\
outcome,table,key,column,from,until,operation,value
lasts,allotments,,quantity,2023-07-01,2024-01-01,times,0.8
enters,demand,,quantity,,,times,0.9
ends,items,chip,value,,,,1.5
""",
    "factors": """\
factor,distribution,low,likely,high,range,reversion,volatility
severity,triangular,0.8,1,1.3,limits,,
taste,lognormal,0.9,,1.1,p10_p90,,
price,reverting,,,,,0.8,0.3
""",
    "factor_effects": """\
factor,table,key,column,from,until,strength
severity,allotments,,quantity,2023-02-01,2024-01-01,-1
taste,demand,,quantity,,,1
price,offer_prices,chips,price,,,1
severity,items,chip,value,,,0.5
""",
    "factor_correlations": """\
factor,with,correlation
severity,taste,-0.3
""",
    "exits": """\
agreement,notice,exit,by
deal,2024-03-01,2024-09-01,host
""",
}


@pytest.fixture
def files() -> dict[str, str]:
    """Text of each file of the case, by table."""
    return dict(FILES)


@pytest.fixture
def put(tmp_path: Path) -> Callable[[Mapping[str, str]], Path]:
    """Write files into a folder and return it."""

    def write(files: Mapping[str, str]) -> Path:
        folder = tmp_path / "folder"
        folder.mkdir()
        for table, text in files.items():
            name = "case.toml" if table == "case" else f"{table}.csv"
            (folder / name).write_text(text, encoding="utf-8")
        return folder

    return write
